export const palette = {
  title: "Find anything",
} as const;
