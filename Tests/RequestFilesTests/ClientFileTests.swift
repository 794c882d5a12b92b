import ScenarioFiles
import TestSupport
import Testing
import Workloads

@Suite struct ClientFileTests {
  static let rates = "client,window_start_s,rate_rps,iat_cv,iat_dist,iat_shape,iat_scale\n"
  static let lengths = "client,field,len_lo,len_hi,prob\n"

  @Test func ratesAndLengthsAreJoined() throws {
    let rates = try TemporaryText(
      Self.rates + "0,0,0.5,1,Gamma,1.5,1.2\n0,1200,2,6,Weibull,0.35,5e-05\n3,600,1,1,Gamma,1,1\n",
      name: "rates.csv")
    let lengths = try TemporaryText(
      Self.lengths + "3,input_tokens,17,17,0.25\n3,input_tokens,45,48,0.75\n"
        + "3,output_tokens,1,3,1\n3,reason_ratio,0.0,0.05,1\n", name: "lengths.csv")
    let traffic = try RequestFile.clients(rates: rates.path, lengths: lengths.path)
    #expect(traffic.clients.map(\.number) == [0, 3])
    #expect(
      traffic.clients[0].windows == [
        .init(start: 0, rate: 0.5, gaps: .gamma(shape: 1.5)),
        .init(start: 1200, rate: 2, gaps: .weibull(shape: 0.35)),
      ])
    #expect(traffic.clients[0].prompts == nil)
    // 17/4 + 46.5 x 3/4.
    #expect(traffic.clients[1].prompts?.mean == 39.125)
    #expect(traffic.range == 0..<1800)
    // 300 + 1200 + 600 requests in 1,800 s.
    #expect(traffic.rate(in: traffic.range).value == 2100.0 / 1800)
  }

  @Test(
    arguments: [
      ("0,601,1,1,Gamma,1,1", "window_start_s is '601'; expected a multiple of 600 s"),
      ("0,600,0,1,Gamma,1,1", "rate_rps is '0'"), ("0,600,inf,1,Gamma,1,1", "rate_rps is 'inf'"),
      ("0,600,1e999,1,Gamma,1,1", "rate_rps is '1e999'"),
      ("0,600,1,-1,Gamma,1,1", "iat_cv is '-1'"),
      ("0,600,1,1,Pareto,1,1", "iat_dist is 'Pareto'; expected Gamma or Weibull"),
      ("0,600,1,1,Gamma,0,1", "iat_shape is '0'"), ("0,600,1,1,Weibull,0.01,1", "iat_shape is"),
      ("0,600,1,1,Gamma,1,nan", "iat_scale is 'nan'"), ("0,600,1,1,Gamma,1", "6 fields"),
      ("0,0,1,1,Gamma,1,1", "window_start_s is '0'; it is before the row above"),
    ])
  func badRates(row: String, expected: String) throws {
    let faults = try LogTests.faults(Self.rates + "0,0,1,1,Gamma,1,1\n" + row + "\n")
    #expect(
      faults.count == 1 && faults[0].contains("log:3: ") && faults[0].contains(expected),
      "\(faults)")
  }

  @Test(
    arguments: [
      ("0,input_tokens,5,4,1", "len_hi is '4'"), ("0,input_tokens,1.5,2,1", "len_lo is '1.5'"),
      ("0,tokens,1,2,1", "field is 'tokens'"), ("0,input_tokens,1,2,1.5", "prob is '1.5'"),
      ("0,reason_ratio,0.5,1.5,1", "len_hi is '1.5'"),
      ("0,input_tokens,1,2,0.5", "client 0's input_tokens is 'prob is '0.5 in all'"),
      ("0,input_tokens,1,2,1", "client 0's output_tokens is 'prob is '0.0 in all'"),
      ("0,input_tokens,1,5,0.5\n0,input_tokens,5,9,0.5\n0,output_tokens,1,1,1", "bins that do not"),
    ])
  func badLengths(rows: String, expected: String) throws {
    let faults = try LogTests.faults(Self.lengths + rows + "\n")
    #expect(faults.contains { $0.contains(expected) }, "\(faults)")
  }

  @Test func filesInEachOthersPlace() throws {
    let rates = try TemporaryText(Self.rates + "0,0,1,1,Gamma,1,1\n", name: "rates.csv")
    let lengths = try TemporaryText(
      Self.lengths + "7,input_tokens,1,1,1\n7,output_tokens,1,1,1\n", name: "lengths.csv")
    func line(_ a: String, _ b: String) -> String {
      do {
        _ = try RequestFile.clients(rates: a, lengths: b)
        return "no fault"
      } catch {
        return "\(error)"
      }
    }
    #expect(line(lengths.path, rates.path).contains("servegen-rates"))
    #expect(line(rates.path, rates.path).contains("servegen-lengths"))
    #expect(line(rates.path, lengths.path).contains("it has no rates in"))
  }
}
