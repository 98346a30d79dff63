/** The app's icons, drawn on a grid of 24: paths to be stroked. */
export const ICONS = {
  pen: "M4 20l1-4L16 5l3 3L8 19l-4 1M14 7l3 3",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20c.8-3.6 3.6-5.5 7.5-5.5s6.700 1.900 7.500 5.500",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M11 18h2",
  server: "M12 4a4.500 4.500 0 0 1 4.400 3.600A4 4 0 0 1 17 15.500H7.500a4 4 0 0 1-.3-8A5 5 0 0 1 12 4M9 11l2.200 2.200L15 9.500",
  hand: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.500 8.500v7M14.500 8.500v7",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16h.01",
  check: "M5 12.500l4.500 4.500L19 7.500",
  checks: "M2.500 12.500l4 4M8 16.500l8-9M12 15l1.500 1.500 8-9",
  speech: "M4 5h16v11h-9l-4 4v-4H4z",
  back: "M15 5l-7 7 7 7",
  turn: "M4 12a8 8 0 0 1 13.700-5.600L20 8.500M20 4v4.500h-4.500M20 12a8 8 0 0 1-13.700 5.600L4 15.500M4 20v-4.500h4.500",
  split: "M12 20v-7L6 7M12 13l6-6M6 11V7h4M14 7h4v4",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  cross: "M6 6l12 12M18 6L6 18",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l4.500 4.500",
  camera: "M4 8h3l2-2.500h6L17 8h3v11H4zM12 16.500a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.500V12l3 2",
  warn: "M12 4l9 16H3zM12 10v4.500M12 17h.01",
  down: "M6 9l6 6 6-6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M12 10v7M9 14.500l3 3 3-3",
} as const;

export type IconName = keyof typeof ICONS;
