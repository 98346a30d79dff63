// Runs a module of Rust tests in a worker, as the tests' own library expects to be run, and says how they went.
const lines = [];
self.__wbg_test_invoke = (test) => test();
self.__wbg_test_output_writeln = (line) => lines.push(line);
console.error = (...words) => lines.push(words.join(" "));

self.onmessage = async ({ data: name }) => {
  try {
    const suite = await import(`/suites/${name}.js`);
    const module = await suite.default({ module_or_path: `/suites/${name}_bg.wasm` });
    const tests = Object.keys(module).filter((key) => key.startsWith("__wbgt_"));
    const run = new suite.WasmBindgenTestContext(false);
    const passed = await run.run(tests.map((test) => module[test]));
    self.postMessage({ passed, tests: tests.length, lines });
  } catch (error) {
    self.postMessage({ passed: false, tests: 0, lines: [...lines, String(error?.stack ?? error)] });
  }
};
