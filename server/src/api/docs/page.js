// Shows /api/openapi.json. Text is only ever set as text.
"use strict";

const make = (name, text, ...children) => {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
};

const table = (heads, rows) => {
  const row = (name, cells) => make("tr", "", ...cells.map((cell) => make(name, cell)));
  return make("table", "", row("th", heads), ...rows.map((cells) => row("td", cells)));
};

// A schema with its references resolved, to read rather than to check with.
const shape = (document, schema, depth = 0) => {
  if (!schema || depth > 6) return "…";
  if (schema.$ref) return shape(document, document.components.schemas[schema.$ref.split("/").pop()], depth + 1);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => shape(document, part, depth + 1)));
  const some = schema.oneOf || schema.anyOf;
  if (some) return some.map((part) => shape(document, part, depth + 1)).find((part) => part !== "null") ?? "…";
  if (schema.enum) return schema.enum.join(" | ");
  const type = [].concat(schema.type ?? "any").join(" | ");
  if (type.startsWith("array")) return [shape(document, schema.items, depth + 1)];
  if (!schema.properties) return schema.format ? `${type} (${schema.format})` : type;
  const parts = Object.entries(schema.properties).map(([key, part]) => [key, shape(document, part, depth + 1)]);
  return Object.fromEntries(parts);
};

const body = (document, title, content) =>
  Object.entries(content ?? {}).flatMap(([type, { schema, example }]) => [
    make("p", `${title} ${type}`),
    make("pre", JSON.stringify(example ?? shape(document, schema), null, 2)),
  ]);

const operation = (document, method, path, of) => {
  const head = make("summary", "", make("span", method.toUpperCase()), make("code", path), " ", of.summary ?? "");
  head.firstChild.className = "method";
  const about = make("p", of.description);
  about.className = "about";
  const parts = [head, about];
  if (of.parameters?.length) {
    const row = (p) => [p.name, `${p.in}${p.required ? ", required" : ""}`, p.description ?? ""];
    parts.push(table(["parameter", "in", ""], of.parameters.map(row)));
  }
  parts.push(...body(document, "Send", of.requestBody?.content));
  const answers = Object.entries(of.responses);
  parts.push(table(["status", ""], answers.map(([status, answer]) => [status, answer.description])));
  const good = answers.filter(([status]) => status < "300");
  parts.push(...good.flatMap(([status, answer]) => body(document, status, answer.content)));
  return make("details", "", ...parts);
};

const show = async () => {
  const main = document.getElementById("operations");
  try {
    const answer = await fetch("/api/openapi.json");
    const api = await answer.json();
    const about = make("p", api.info.description);
    about.className = "about";
    main.replaceChildren(about);
    const tags = new Map();
    for (const [path, item] of Object.entries(api.paths))
      for (const [method, of] of Object.entries(item)) {
        const tag = of.tags[0];
        tags.set(tag, [...(tags.get(tag) ?? []), operation(api, method, path, of)]);
      }
    for (const [tag, operations] of tags) main.append(make("h2", tag), ...operations);
  } catch (error) {
    main.textContent = `The document could not be read: ${error}`;
  }
};

show();
