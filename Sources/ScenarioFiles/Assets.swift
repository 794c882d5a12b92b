import Diagnostics
import Foundation

/// Where the files that come with the program are: profiles, scenarios and models.
public enum Assets {
  /// The folder `path` (such as `scenarios/models`): the first of `path` in the current directory,
  /// in each folder above the executable, and in `share/lacuna` beside the executable's folder.
  /// - Throws: a fault that names the places looked in.
  public static func folder(_ path: String) throws(Faults) -> String {
    let places = searchPath()
    for place in places {
      let candidate = place.appendingPathComponent(path).path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder),
        isFolder.boolValue
      {
        return candidate
      }
    }
    throw Faults(
      .unreadable(
        reason: "no such folder here, above the program or in its share/lacuna; run in a checkout"),
      at: SourcePosition(file: path))
  }

  static func searchPath() -> [URL] {
    var places = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath)]
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else {
      return places
    }
    let folder = executable.deletingLastPathComponent()
    var ancestor = folder
    while ancestor.path != "/" {
      places.append(ancestor)
      ancestor = ancestor.deletingLastPathComponent()
    }
    places.append(folder.deletingLastPathComponent().appendingPathComponent("share/lacuna"))
    return places
  }
}
