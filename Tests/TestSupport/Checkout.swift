import Foundation

/// The checkout that these tests were compiled from.
public enum Checkout {
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The full path of a file or folder given from the root.
  public static func path(_ name: String) -> String { root.appendingPathComponent(name).path }
}
