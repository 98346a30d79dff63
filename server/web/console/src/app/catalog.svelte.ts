/** What everybody knows: the tree of units, and the forms with all their versions. */

import type { Form, Labels } from "@cairn/client";
import { api, got, type Schemas } from "../api/client.ts";

export type Unit = Schemas["UnitShown"];

class Catalog {
  #units = $state.raw<Unit[]>([]);
  #forms = $state.raw<Map<string, Form[]>>(new Map());
  readonly #byCode = $derived(new Map(this.#units.map((unit) => [unit.code, unit])));
  readonly #measures = $derived(measuresOf([...this.#forms.values()]));

  /** In the order of the tree: each behind the one above it. */
  get units(): Unit[] {
    return this.#units;
  }

  /** The last version of each form, by id. */
  get forms(): Form[] {
    return [...this.#forms.values()].flatMap((versions) => versions.at(-1) ?? []);
  }

  async load(): Promise<void> {
    const [units, forms] = await Promise.all([got(api.GET("/api/v1/units")), got(api.GET("/api/v1/forms"))]);
    this.#units = inTreeOrder(units.items);
    const versions = await Promise.all(forms.items.map(({ id }) => got(api.GET("/api/v1/forms/{id}", { params: { path: { id } } }))));
    this.#forms = new Map(forms.items.map(({ id }, i) => [id, (versions[i] as { items: Form[] }).items]));
  }

  unit(code: string): Unit | undefined {
    return this.#byCode.get(code);
  }

  /** The name of a unit; its code where it is not known. */
  unitName(code: string): string {
    return this.#byCode.get(code)?.name ?? code;
  }

  /** The units right below. */
  below(code: string): Unit[] {
    return this.#units.filter(({ parent }) => parent === code);
  }

  /** The units from the root down to this one. */
  way(code: string): Unit[] {
    const path = this.#byCode.get(code)?.path ?? "";
    return this.#units.filter((unit) => path.startsWith(unit.path));
  }

  /** A form as one version has it; without a version, the last. */
  form(id: string, version?: number): Form | undefined {
    const versions = this.#forms.get(id) ?? [];
    return version === undefined ? versions.at(-1) : versions.find((form) => form.version === version);
  }

  versions(id: string): Form[] {
    return this.#forms.get(id) ?? [];
  }

  /** Every measure with its label, in the order of the forms. */
  get measures(): Map<string, Labels> {
    return this.#measures;
  }
}

function measuresOf(forms: Form[][]): Map<string, Labels> {
  const labels = new Map<string, Labels>();
  for (const versions of forms) for (const form of versions) for (const measure of form.measures ?? []) labels.set(measure.measure, measure.label);
  return labels;
}

function inTreeOrder(units: Unit[]): Unit[] {
  const name = new Map(units.map(({ code, name }) => [code, name]));
  // By names from the root down; a code keeps those apart that are called alike.
  const key = ({ path }: Unit): string => path.split("/").filter(Boolean).map((code) => `${name.get(code) ?? ""}\u0001${code}`).join("\u0000");
  const keys = new Map(units.map((unit) => [unit.code, key(unit)]));
  return [...units].sort((a, b) => ((keys.get(a.code) ?? "") < (keys.get(b.code) ?? "") ? -1 : 1));
}

export const catalog = new Catalog();
