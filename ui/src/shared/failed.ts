import { toast } from "svelte-sonner";
import { asFailure } from "../backend/backend";

/** Says what could not be done, and what kept it from being done. */
export function sayFailed(what: string, thrown: unknown): void {
  toast.error(what, { description: asFailure(thrown).message });
}
