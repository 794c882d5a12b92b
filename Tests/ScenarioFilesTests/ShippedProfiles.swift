import Foundation

/// Where the shipped profiles lie in a checkout.
enum ShippedProfiles {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("hardware-profiles").path
}
