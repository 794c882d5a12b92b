import Diagnostics
import Hardware
import Synchronization

/// The profiles from which a device takes calibrated kernels that it lacks, read when one first does.
final class DonorProfiles: Sendable {
  private let library: ProfileLibrary
  private let read = Mutex<[Profile]?>(nil)

  init(_ library: ProfileLibrary) { self.library = library }

  /// All profiles but one with calibrations of their own; machines composed of devices have theirs
  /// from these.
  /// - Throws: the faults of a profile of the folder; they are found anew at every call.
  func profiles(but name: String) throws(Faults) -> [Profile] {
    let all = try read.withLock { known throws(Faults) in
      if let known { return known }
      var found: [Profile] = []
      for name in library.calibratedNames() { found.append(try library.profile(name)) }
      known = found
      return found
    }
    return all.filter { $0.name != name }
  }
}
