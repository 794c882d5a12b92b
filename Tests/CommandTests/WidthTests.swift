import Testing

/// No verb prints a line that a terminal of 100 columns breaks.
@Suite struct WidthTests {
  @Test(arguments: [
    ["simulate", "scenarios/examples/trace-driven/moe.yaml", "--breakdown", "--quiet"],
    ["simulate", "scenarios/examples/moe-offload-phone.yaml", "--breakdown", "--quiet"],
    ["trace", "info", "scenarios/traces/relu-a-python.ltrace"],
    ["trace", "info", "scenarios/traces/qwen3-phone.ltrace"],
    ["models", "list"], ["models", "show", "deepseek-ai/DeepSeek-V3"],
    ["hardware", "list"], ["hardware", "show", "nvidia-h200-server"],
  ])
  func tablesFit(_ arguments: [String]) throws {
    let run = try Lacuna.run(arguments)
    #expect(run.code == 0)
    let lines = run.text.split(separator: "\n")
    #expect(lines.count > 5)
    for line in lines where line.count > 100 { Issue.record("\(line)") }
  }
}
