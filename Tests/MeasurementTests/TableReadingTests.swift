import Diagnostics
import Foundation
import Programs
import Testing
import Validation

@testable import ScenarioFiles

struct TableReadingTests {
  private func table(_ text: String, file: String = "h200_lab/t.csv") throws -> MeasurementTable {
    try MeasurementFile.read(Array(text.utf8), file: file)
  }

  @Test func aColumnOfPowerIsAReading() throws {
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency,power,power_limit
      VLLM,0.22.0,NVIDIA H200,gemm,vllm_default,bfloat16,64,8192,8192,0.1,650.5,700
      VLLM,0.22.0,NVIDIA H200,gemm,vllm_default,bfloat16,1,32,64,0.002,136,700

      """)
    let readings = table.rows.compactMap(\.reading)
    #expect(readings.count == 2)
    // 1 s / (6 x 0.1 ms) replays of six calls; 3,000 replays of six calls of 2 us.
    #expect(readings[0].watts == 650.5)
    #expect(abs(readings[0].run - 1) < 1e-9)
    #expect(abs(readings[1].run - 0.036) < 1e-9)
    #expect(!readings[0].isSettled && readings[0].isResolved && !readings[1].isResolved)
  }

  /// 64 tokens of 8 slots, balanced over 128 experts on 16 devices: a device has an eighth of the
  /// experts' slots, 32, or is entered by half of the tokens and runs all of their slots, 256.
  @Test(arguments: [(768, 32.0, 512.0), (704, 256.0, 256.0)])
  func someLayersRunAllSlotsOnEachDevice(inner: Int, slots: Double, passing: Double) throws {
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,moe_tp_size,moe_ep_size,distribution,latency
      SGLang,0.5.14,NVIDIA H200,moe,sglang_fused_moe_triton,bfloat16,64,2816,\(inner),8,128,1,16,balanced,0.1

      """)
    guard case .experts(let call) = table.rows.first?.call else {
      Issue.record("a layer of experts is expected")
      return
    }
    #expect(call.load.slots == slots)
    #expect(call.passingSlots == passing)
  }

  /// Tokens x top-k over the experts of one device: Marlin's tile is the first nine tenths full or less,
  /// 43 x 8 / 48 / 8 = 0.896 and 44 x 8 / 48 / 8 = 0.917; OpenAI's the least that holds the whole part.
  @Test(arguments: [
    (true, 43, 8), (true, 44, 16), (true, 86, 16), (true, 87, 32), (true, 172, 32),
    (true, 173, 48), (true, 259, 48), (true, 260, 64), (true, 16384, 64),
    (false, 271, 16), (false, 272, 32), (false, 527, 32), (false, 528, 64), (false, 1039, 64),
    (false, 1040, 128), (false, 1, 16),
  ])
  func librariesCountAllTokensOverTheirOwnExperts(
    isMarlin: Bool, tokens: Int, rows: Int
  ) throws {
    let (source, format, shape) =
      isMarlin
      ? ("vllm_marlin_marlinexperts", "int4_wo", "7168,2048,8,384,1,8")
      : ("vllm_oaitritonmxfp4experts", "w4a16_mxfp4", "2880,2880,4,128,1,2")
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,moe_tp_size,moe_ep_size,distribution,latency
      VLLM,0.24.0,NVIDIA H200,moe,\(source),\(format),\(tokens),\(shape),balanced,0.1

      """)
    guard case .experts(let call) = table.rows.first?.call,
      case .rows(let place) = call.tiling
    else {
      Issue.record("a layer of experts with known tiles is expected: \(table.skipped)")
      return
    }
    #expect(ExpertLoad.tileRows[place] == rows)
  }

  /// FlashInfer's FP8 experts were tuned on a Blackwell card and not on Hopper.
  @Test(arguments: [
    ("NVIDIA H200", ExpertCall.Tiling.rows(place: 3)),
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", .best),
  ])
  func untunedExpertsFillTilesOfOneHeight(device: String, tiling: ExpertCall.Tiling) throws {
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,moe_tp_size,moe_ep_size,distribution,latency
      VLLM,0.24.0,\(device),moe,vllm_flashinfer_cutlass_flashinferexperts,fp8,512,4096,14336,2,8,1,1,balanced,0.1

      """)
    guard case .experts(let call) = table.rows.first?.call else {
      Issue.record("a layer of experts is expected")
      return
    }
    #expect(call.tiling == tiling)
    #expect(call.load.tiles[3] == 8)
  }

  /// Mixtral's layer: two devices run all slots of the tokens that enter, four half of them.
  @Test(arguments: [(2, 2000.0), (4, 1000.0), (8, 500.0)])
  func layersOfFewExpertsRunTheirTokensWhole(devices: Int, slots: Double) throws {
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,moe_tp_size,moe_ep_size,distribution,latency
      SGLang,0.5.14,NVIDIA H200,moe,sglang_fused_moe_triton,bfloat16,1000,4096,14336,2,8,1,\(devices),balanced,0.1

      """)
    guard case .experts(let call) = table.rows.first?.call else {
      Issue.record("a layer of experts is expected")
      return
    }
    #expect(call.load.slots == slots)
    #expect(call.passingSlots == slots)
  }

  @Test func aSettledReadingSaysSoAndHowManyCopies() throws {
    let header =
      "framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,copies,latency,power,settled"
    let text = "PyTorch,2.11.0,NVIDIA H200,gemm,torch_linear,bfloat16,1,4096,4096,1,0.0097,274.7"
    let table = try table("\(header)\n\(text),2.2\n")
    #expect(table.rows.first?.reading == PowerReading(watts: 274.7, run: 2.2, isSettled: true))
    guard case .product(let call) = table.rows.first?.call else {
      Issue.record("a product is expected")
      return
    }
    #expect(call.reuseBytes == 2 * 4096 * 4096)
    // A meter averages a second: what held for less is no settled reading.
    #expect(throws: Faults.self) { try self.table("\(header)\n\(text),0.5\n") }
    #expect(throws: Faults.self) {
      try self.table("\(header)\n\(text.replacing("274.7", with: "nan")),2.2\n")
    }
  }

  @Test func productsOfVLLMGoOverSixCopies() throws {
    let table = try table(
      """
      framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency
      VLLM,0.14.0,NVIDIA A100-SXM4-80GB,gemm,vllm_default,bfloat16,1,32,64,0.0025
      VLLM,0.14.0,NVIDIA A100-SXM4-80GB,gemm,"a, b",fp8,2,32,64,0
      VLLM,0.14.0,NVIDIA A100-SXM4-80GB,gemm,x,nvfp4,2,32,64,1

      """)
    #expect(
      table.series == [
        MeasurementSeries(device: "NVIDIA A100-SXM4-80GB", family: "gemm", kernel: "vllm-bf16")
      ])
    let row = try #require(table.rows.first)
    #expect(row.seconds == 2.5e-6)
    #expect(row.line == 2)
    guard case .product(let call) = row.call else {
      Issue.record("a product is expected")
      return
    }
    #expect(call.reuseBytes == 6 * 32 * 64 * 2)
    #expect(call.flops == 2 * 32 * 64)
    #expect(call.bytes == 2 * (32 * 64 + 64 + 32))
    #expect(
      table.skipped == [
        "a time of 0 means that the kernel did not run": 1,
        "no price for products in the format nvfp4": 1,
      ])
  }

  @Test func sparseRowsKnowTheirTwin() throws {
    let table = try table(
      """
      family,kernel,timing,k,m,n,ms,p20_ms,p80_ms,bytes,flops
      gemm,dense_bf16,graph,4096,1,4096,0.016,0.016,0.016,1,1
      gemm,sparse24_bf16,graph,4096,1,4096,0.020,0.020,0.020,1,1

      """)
    #expect(table.rows.map(\.isSparse) == [false, true])
    #expect(table.rows[0].twin == table.rows[1].twin)
    #expect(table.series.map(\.family) == ["gemm", "gemm-2:4"])
    // Half of the values, and two bits of place for each of them.
    let weights = Double(4096 * 4096 / 2 * 18 / 8)
    #expect(table.rows[1].call.bytes == weights + 16384)
  }

  @Test func windowLimitsWhatDecodeReads() throws {
    let table = try table(
      """
      framework,device,op_name,kernel_source,batch_size,isl,num_heads,num_key_value_heads,head_dim,attn_dtype,kv_cache_dtype,step,window_size,latency
      VLLM,X,generation_attention,vllm_flash_attn_fa3,2,1,8,4,64,bfloat16,fp8,1000,128,0.01
      VLLM,X,context_attention,vllm_flash_attn_fa3,2,100,8,4,64,bfloat16,bfloat16,0,10,0.01

      """)
    guard case .attentionDecode(let decode) = table.rows[0].call,
      case .attentionPrefill(let prefill) = table.rows[1].call
    else {
      Issue.record("attention is expected")
      return
    }
    #expect(decode.context == 1001)
    #expect(decode.read == 128)
    #expect(decode.kvBytes == 2 * 128 * 4 * 128)
    // Ten queries see 1 to 10 tokens, ninety see ten.
    #expect(prefill.pairs == 55 + 900)
    #expect(
      table.series.map(\.kernel) == ["vllm-fa3-fp8kv-d64-window", "vllm-fa3-bf16kv-d64-window"])
  }
}
