export const shell = {
  paused: {
    label: "Notifications are paused",
    until: "until {{moment}}. Bookings still arrive here.",
    resume: "Resume",
    failed: "Could not resume notifications",
  },
} as const;
