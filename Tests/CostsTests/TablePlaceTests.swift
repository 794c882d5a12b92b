import Programs
import Quantities
import Testing

@testable import Costs

/// Tables by kind look a case up by its position; a case added or moved must keep to it.
@Suite struct TablePlaceTests {
  @Test func everyKindStandsAtItsPlace() {
    #expect(Operation.Kind.allCases.map(\.place) == Array(Operation.Kind.allCases.indices))
  }

  @Test func everyPrecisionStandsAtItsPlace() {
    #expect(Precision.allCases.map(\.place) == Array(Precision.allCases.indices))
  }
}
