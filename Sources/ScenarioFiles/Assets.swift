import Diagnostics
import Foundation

/// The data that comes with Lacuna: the folders `hardware-profiles` and `scenarios`.
///
/// It lies, in the order of search, in the current directory (a checkout), in `share/lacuna` beside
/// the executable's folder (an installation), or in an ancestor of the executable (a build inside
/// a checkout). Each name is searched by itself, so a folder of the user's own called `scenarios`
/// hides nothing but what it holds.
public enum Assets {
  /// The path of the folder called `name`.
  ///
  /// - Throws: a fault when none of these places has it.
  public static func folder(_ name: String) throws(Faults) -> String {
    for place in places() {
      let folder = place.appendingPathComponent(name).path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
        isFolder.boolValue
      {
        return folder
      }
    }
    throw Faults(
      .unreadable(reason: "no such folder here, in ../share/lacuna, or above the executable"),
      at: SourcePosition(file: name))
  }

  /// The path of the file called `name`, or nil when no place has it.
  public static func file(_ name: String) -> String? {
    places().lazy.map { $0.appendingPathComponent(name).path }.first {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  private static func places() -> [URL] {
    var places = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath)]
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else {
      return places
    }
    let home = executable.deletingLastPathComponent()
    places.append(home.deletingLastPathComponent().appendingPathComponent("share/lacuna"))
    var ancestor = home
    while ancestor.path != "/" {
      places.append(ancestor)
      ancestor.deleteLastPathComponent()
    }
    return places
  }
}
