import Diagnostics
import Hardware
import Synchronization

/// The profiles from which a device takes calibrated kernels that it lacks, read when one first does.
final class DonorProfiles: Sendable {
  private let library: ProfileLibrary
  private let read = Mutex<[Profile]?>(nil)

  init(_ library: ProfileLibrary) { self.library = library }

  /// All other profiles with calibrations; none where the device has every family that the runtime
  /// takes from a library.
  /// - Parameter unused: families that no operation of the scenario is of.
  /// - Throws: the faults of a profile of the folder.
  func profiles(
    for profile: Profile, under runtime: Runtime, unused: Set<String>
  ) throws(Faults) -> [Profile] {
    let own = unused.union(profile.calibrations.map(\.family))
    guard runtime.libraries.keys.contains(where: { !own.contains($0) }) else { return [] }
    if let known = read.withLock({ $0 }) { return known.filter { $0.name != profile.name } }
    var found: [Profile] = []
    for name in library.names() {
      let other = try library.profile(name)
      if !other.calibrations.isEmpty { found.append(other) }
    }
    read.withLock { [found] in $0 = found }
    return found.filter { $0.name != profile.name }
  }
}
