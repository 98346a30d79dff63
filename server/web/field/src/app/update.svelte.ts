/** New versions of the app: fetched beside this one, which keeps working until a person says so. */

class Update {
  waiting = $state(false);
  #worker: ServiceWorker | null = null;

  begin(): void {
    if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
    // At the very first visit the worker claims the page; nothing new comes with that.
    let hadOne = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (hadOne) location.reload();
      hadOne = true;
    });
    navigator.serviceWorker
      .register("/sw.js")
      .then((registration) => {
        this.#look(registration);
        registration.addEventListener("updatefound", () => {
          registration.installing?.addEventListener("statechange", () => this.#look(registration));
        });
        // A phone keeps the app open for weeks.
        addEventListener("online", () => void registration.update().catch(() => {}));
        document.addEventListener("visibilitychange", () => {
          if (!document.hidden && navigator.onLine) void registration.update().catch(() => {});
        });
      })
      // Without it the app works while there is a network.
      .catch(() => {});
  }

  /** Has the new version take over; every tab begins again with it. What is being typed is kept as a draft. */
  take(): void {
    this.#worker?.postMessage("take-over");
  }

  #look(registration: ServiceWorkerRegistration): void {
    this.#worker = registration.waiting;
    this.waiting = registration.waiting !== null && navigator.serviceWorker.controller !== null;
  }
}

export const update = new Update();
