const zoneHere = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * The clock on the wall as the window shows it. It moves on its own, so that "Today" becomes "Yesterday" at midnight, and
 * follows a person who travels.
 */
export class Clock {
  now = $state.raw(new Date());
  timeZone = $state.raw(zoneHere());

  /** Reads it again after so many milliseconds. */
  start(every = 20_000): () => void {
    const read = () => {
      this.now = new Date();
      this.timeZone = zoneHere();
    };
    const timer = setInterval(read, every);
    // Timers stand still while the computer sleeps.
    document.addEventListener("visibilitychange", read);
    window.addEventListener("focus", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
      window.removeEventListener("focus", read);
    };
  }
}
