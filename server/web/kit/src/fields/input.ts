/** What every input is told. */

import type { Value } from "@cairn/client";

export interface InputProps {
  id: string;
  invalid: boolean;
  /** The element that says what is wrong. */
  described: string | undefined;
  /** The element that names the field. */
  labelled: string;
  change: (value: Value) => void;
}
