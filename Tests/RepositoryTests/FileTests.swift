import Testing

/// Files stay short, libraries stay silent, documents name no machine.
@Suite struct FileTests {
  @Test(arguments: [("Sources", 400), ("Tests", 600)])
  func lengths(folder: String, most: Int) throws {
    let files = try Repository.swiftFiles(under: folder)
    #expect(!files.isEmpty)
    for file in files {
      let count = SourceRules.lineCount(of: try Repository.text(file))
      #expect(count <= most, "\(file): \(count) lines, at most \(most); split it by topic")
    }
  }

  @Test func librariesNeitherPrintNorStop() throws {
    for file in try Repository.swiftFiles(under: "Sources") {
      guard !["Commands", "lacuna"].contains(Repository.target(of: file)) else { continue }
      for breach in SourceRules.forbiddenCalls(in: try Repository.text(file)) {
        Issue.record("\(file):\(breach.line): '\(breach.found)' below Commands; \(breach.mend)")
      }
    }
  }

  @Test func documentsNameNoMachinePath() throws {
    let readme = ["README.md", "README"].filter(Repository.exists)
    for file in try Repository.files(under: "docs") + readme {
      for breach in SourceRules.machinePaths(in: try Repository.text(file)) {
        Issue.record("\(file):\(breach.line): '\(breach.found)'; write a path from the repository")
      }
    }
  }

  @Test func callsAreFound() {
    let text = """
      print("a")
      units.print(1)
      func print(_ amount: Double) {}
      let address = "https://x"; exit(1)
      onexit(1)  // fatalError(
      fatalError("b")
      let a = try! b as! C
      """
    #expect(SourceRules.forbiddenCalls(in: text).map(\.line) == [1, 4, 6, 7, 7])
  }

  @Test func pathsAreFound() {
    let text = """
      cd /work/main
      see `/home/me/x` or https://example.org/home/page
      ../work/x, a/work, /workload, /homepage
      /work
      """
    #expect(SourceRules.machinePaths(in: text).map(\.line) == [1, 2, 4])
  }

  @Test func linesAreCounted() {
    #expect(SourceRules.lineCount(of: "a\nb\n") == 2)
    #expect(SourceRules.lineCount(of: "a\nb") == 2)
  }
}
