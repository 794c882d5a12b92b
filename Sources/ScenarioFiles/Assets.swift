import Diagnostics
import Foundation

/// The folders of data that come with Lacuna: `hardware-profiles`, `scenarios`.
public enum Assets {
  /// The path of the folder called `name`: in the current directory, in an ancestor of the
  /// executable, or in `share/lacuna` beside the executable's folder, in this order.
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
      .unreadable(reason: "no such folder here, above the executable, or in ../share/lacuna"),
      at: SourcePosition(file: name))
  }

  private static func places() -> [URL] {
    var places = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath)]
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else {
      return places
    }
    let home = executable.deletingLastPathComponent()
    var ancestor = home
    while ancestor.path != "/" {
      places.append(ancestor)
      ancestor.deleteLastPathComponent()
    }
    places.append(home.deletingLastPathComponent().appendingPathComponent("share/lacuna"))
    return places
  }
}
