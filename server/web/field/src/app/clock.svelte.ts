/** The moment, as far as words such as *2 minutes ago* need it. */

const STEP_MS = 20_000;

class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => (this.now = Date.now()), STEP_MS);
  }
}

export const clock = new Clock();
