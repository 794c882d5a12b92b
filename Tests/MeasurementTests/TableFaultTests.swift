import Diagnostics
import Testing

@testable import ScenarioFiles

/// One kind of fault in a table of measurements, and the line that is printed.
struct TableFault: CustomTestStringConvertible {
  let text: String
  let line: String
  init(_ text: String, _ line: String) {
    self.text = text
    self.line = "t.csv\(line)"
  }
  var testDescription: String { line }

  private static let gemm = "framework,device,kernel_source,gemm_dtype,m,n,k,latency\n"
  private static let lab = "family,kernel,timing,k,m,n,ms,bytes,flops\n"
  private static let prompts =
    "family,kernel,timing,batch,block,context,density,gathered,head_dim,heads,kv_heads,ms,bytes,"
    + "flops\n"
  private static let moe =
    "framework,device,kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,"
    + "moe_tp_size,moe_ep_size,distribution,latency\n"

  static let all: [TableFault] = [
    .init("", ": error: not valid CSV: an empty file; is it the right file?"),
    .init(
      "a,b\n1,2\n",
      ":1: error: the header is 'a,b'; no known kind of table has these columns; "
        + "docs/formats/measurements.md lists them"),
    .init(
      "m,m\n1,2\n", ":1: error: not valid CSV: a column twice in the header; rename one"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1,2,3\n",
      ":2: error: not valid CSV: 7 fields; give 8 in each row, as the header does"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1,2,3,fast\n",
      ":2: error: latency is 'fast'; expected a number between 0.0 and 1000000000000.0"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1,2,3,nan\n",
      ":2: error: latency is 'nan'; expected a number between 0.0 and 1000000000000.0"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1,2,3,-1\n",
      ":2: error: latency is '-1'; expected a number between 0.0 and 1000000000000.0"),
    .init(
      gemm + "VLLM,D,s,bfloat16,0,2,3,1\n",
      ":2: error: m is '0'; expected a number between 1.0 and 1099511627776.0"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1.5,2,3,1\n", ":2: error: m is '1.5'; expected a whole number"),
    .init(
      gemm + "VLLM,D,s,bfloat16,1,2,3,1\nVLLM,D,s,bfloat16,1e99,2,3,1\n",
      ":3: error: m is '1e99'; expected a number between 1.0 and 1099511627776.0"),
    .init(
      lab + "spmv,csr,graph,1,1,1,1,0,0\n",
      ":2: error: family: there is no kernel family 'spmv'; known are gemm, attention_decode, "
        + "attention_prefill, moe, activation_sparse_ffn, hbm, link, host, launch, storage, "
        + "kv_offload"),
    .init(
      prompts + "attention_prefill,triton64,event,1,64,8192,0.1,1.5,128,8,8,1,0,0\n",
      ":2: error: gathered is '1.5'; expected a number between 0.0 and 1.0"),
    .init(
      moe + "VLLM,D,s,bfloat16,1,2,3,4,5,1,1,zipf,1\n",
      ":2: error: distribution is 'zipf'; expected balanced or power_law_EXPONENT with an "
        + "exponent other than 1"),
  ]
}

struct TableFaultTests {
  @Test(arguments: TableFault.all) func isOneLine(_ fault: TableFault) throws {
    let faults = #expect(throws: Faults.self) {
      try MeasurementFile.read(Array(fault.text.utf8), file: "t.csv")
    }
    #expect(try #require(faults).faults.map(Diagnostic.line) == [fault.line])
  }

  @Test func cutGzipIsRefused() throws {
    // The first bytes of a gzip stream, and nothing more.
    let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B]
    #expect(throws: Faults.self) { try Gzip.content(of: bytes, file: "t.csv.gz") }
  }
}
