import Diagnostics
import Foundation

/// Whole small files as bytes, with a size limit and a reason when they cannot be had.
public enum FileBytes {
  /// - Throws: `Faults` when the file is missing, a folder, unreadable or over `limit` bytes.
  public static func read(_ file: String, limit: Int) throws(Faults) -> [UInt8] {
    func refuse(_ reason: String) -> Faults {
      Faults(.unreadable(reason: reason), at: SourcePosition(file: file))
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
      throw refuse("no such file")
    }
    guard !isFolder.boolValue else { throw refuse("it is a folder; name a file in it") }
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw refuse("permission denied")
    }
    defer { handle.closeFile() }
    let data: Data
    do {
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw refuse("the read failed (\(error.localizedDescription))")
    }
    guard data.count <= limit else {
      throw refuse("it is larger than \(limit >> 20) MiB; is it the right file?")
    }
    return [UInt8](data)
  }
}
