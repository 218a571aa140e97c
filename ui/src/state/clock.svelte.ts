/** The time as the window shows it. It moves on its own, so that "Today" becomes "Yesterday" at midnight. */
export class Clock {
  now = $state.raw(new Date());

  start(): () => void {
    const read = () => (this.now = new Date());
    const timer = setInterval(read, 20_000);
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
