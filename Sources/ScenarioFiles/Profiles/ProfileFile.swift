import Diagnostics
import Hardware

/// Hardware profiles as YAML files; the format is in `docs/formats/profile.md`.
public enum ProfileFile {
  /// Reads a profile and the parts it names, which lie in the same folder.
  ///
  /// - Throws: every fault of the file at once; when a part has faults, those of that part.
  public static func read(contentsOf file: String) throws(Faults) -> Profile {
    try ProfileReader(file: file).profile(Document(contentsOf: file))
  }

  /// Reads a profile from `text`; `file` names it in faults and says where its parts lie.
  static func read(text: String, file: String) throws(Faults) -> Profile {
    try ProfileReader(file: file).profile(Document(text: text, file: file))
  }
}
