/** Why a call was turned away, after "A call was turned away:". The program gives a code and, apart, its hint. */
const words: Record<string, string> = {
  secret_missing: "No secret has been added yet",
  signature_missing: "It carried no signature",
  signature_malformed: "Its signature could not be read",
  signature_mismatch: "Its signature does not match the secret",
  token_not_found: "It did not carry the token",
  token_not_in_pinned_form: "Its token came in another form than before",
  unknown_endpoint: "No endpoint has this address",
  endpoint_removed: "Its endpoint has been removed",
  method_not_allowed: "It was not a POST call",
  too_large: "It was too large for a booking",
  cut_off: "It broke off before its end",
  secret_gone: "Its secret is no longer where it was kept",
  body_timeout: "It did not arrive in time",
  too_many: "There were too many",
  too_many_large: "Too many large ones came at once",
};

/** A code that this window does not know yet is still read as words. */
export function rejectionWords(reason: string): string {
  const spoken = reason.replaceAll("_", " ").trim();
  return words[reason] ?? spoken.charAt(0).toUpperCase() + spoken.slice(1);
}
