import { said } from "../words/words.svelte";

/** Why a call was turned away, after "A call was turned away:". A code that is new is still read as words. */
export function rejectionWords(reason: string): string {
  const spoken = reason.replaceAll("_", " ").trim();
  return said(`shared.rejections.${reason}`) ?? spoken.charAt(0).toUpperCase() + spoken.slice(1);
}
