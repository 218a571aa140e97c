/** What is wrong with an address of the person's own; the program takes https and a host alone. */
export function ownAddressFault(typed: string): string | null {
  const text = typed.trim();
  if (/^http:\/\//i.test(text))
    return "It has to begin with https://, so that names and secrets travel closed.";
  if (!/^https:\/\//.test(text))
    return "Write it with https:// in front, such as https://bookings.example.com.";
  const host = text.slice("https://".length).replace(/\/+$/, "");
  if (host === "") return "The name of the host is missing.";
  if (/[/?#\\]/.test(host)) return "Write the host alone, without anything after it. Bellhop adds the rest.";
  if (/[@\s]/.test(host) || !URL.canParse(`https://${host}`)) return "This is not the name of a host.";
  return null;
}
