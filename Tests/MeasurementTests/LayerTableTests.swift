import Diagnostics
import Programs
import Testing
import Validation

@testable import ScenarioFiles

/// Tables of blocks, layers, mixed batches and small kernels.
struct LayerTableTests {
  private func table(_ text: String, file: String) throws -> MeasurementTable {
    try MeasurementFile.read(Array(text.utf8), file: file)
  }

  private let blockColumns =
    "framework,version,device,op_name,kernel_source,model,architecture,mla_dtype,kv_cache_dtype,"
    + "gemm_type,num_heads,batch_size,isl,tp_size,step,latency"

  @Test func blocksKnowTheirLibraryAndPath() throws {
    let table = try table(
      """
      \(blockColumns)
      VLLM,0.24.0,NVIDIA H200,dsa_context_module,FLASHMLA_SPARSE,deepseek-ai/DeepSeek-V3.2,D,bfloat16,fp8,bfloat16,16,2,64,1,128,1.5
      SGLang,0.5.14,NVIDIA H200,dsa_generation_module_skip_indexer,sglang_dsa_indexer_fa3,zai-org/GLM-5,G,bfloat16,bfloat16,fp8_block,8,512,1,8,4096,0.5
      VLLM,0.24.0,NVIDIA H200,mla_context_module,FLASH_ATTN,deepseek-ai/DeepSeek-V3,D,bfloat16,bfloat16,bfloat16,16,1,64,1,0,0.2
      VLLM,0.24.0,NVIDIA H200,mla_context_module,FLASHMLA,example/Unknown,D,bfloat16,bfloat16,bfloat16,16,1,64,1,0,0.2

      """, file: "h200_sxm/t.csv")
    #expect(
      table.series.map(\.kernel) == [
        "vllm-dsa-v32-bf16-fp8kv-flashmla-sparse-mixed",
        "sglang-dsa-glm5-fp8-block-bf16kv-skip-indexer-fa3", "vllm-mla-v3-bf16-bf16kv-flash-attn",
      ])
    let calls = table.rows.compactMap { row -> AttentionBlockCall? in
      guard case .attentionBlock(let call) = row.call else { return nil }
      return call
    }
    try #require(calls.count == 3)
    // A step of generation counts the new token; a prompt's counts what is cached.
    #expect(calls.map(\.cached) == [128, 4095, 0])
    #expect(calls.map(\.isEager) == [true, true, false])
    #expect(calls.map(\.expands) == [false, false, true])
    #expect(calls.map(\.isIndexed) == [true, false, false])
    #expect(
      table.skipped == ["no sizes are known of the attention block of example/Unknown": 1])
  }

  @Test func layersTakeTheirSizesFromTheNameOfTheFile() throws {
    let table = try table(
      "layer,tokens,time_us\nqkv_proj,3,10\nlayernorm,3,2\nmystery,3,1\n",
      file: "rtx4090/llmservingsim_Qwen3-32B_tp2_dense.csv")
    guard case .product(let product) = table.rows.first?.call,
      case .elementwise(let norm) = table.rows.last?.call
    else {
      Issue.record("a product and a norm are expected")
      return
    }
    #expect((product.m, product.n, product.k) == (3, (32 + 2 * 4) * 128, 5120))
    #expect(norm.bytes == 3 * 4 * 5120 * 2)
    #expect(table.skipped == ["no price for the layer mystery": 1])
    #expect(table.series.map(\.device) == ["rtx4090", "rtx4090"])
  }

  @Test func batchesAreSplitByWhatTheyHold() throws {
    let table = try table(
      "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n16,64,4,128,9\n16,64,0,0,8\n0,0,4,128,7\n",
      file: "rtx4090/llmservingsim_Llama-3.1-8B_tp1_attention.csv")
    #expect(
      table.series.map(\.family) == ["attention-mixed", "attention-mixed", "attention-decode"])
    #expect(table.rows.map(\.call.flops).allSatisfy { $0 > 0 })
    guard case .mixedAttention(let call) = table.rows[0].call else { return }
    // Pairs of the prompt, 16 x 64 and 16 x 17 / 2, and 4 sequences of 128.
    #expect(call.flops == 4 * 32 * 128 * (1024 + 136 + 512))
  }

  @Test func aLongSequenceAmongEqualOnesHasATail() throws {
    let table = try table(
      """
      n,nb,pc,kp,kvs,kv_big,t_mean_us,t_skew_us
      4,1,16,0,1024,5120,90,150
      4,1,16,2048,1024,5120,90,150
      4,2,16,0,1024,5120,90,150
      4,1,0,0,1024,5120,90,150
      4,1,16,0,1024,5120,90,80

      """, file: "rtx4090/llmservingsim_Llama-3.1-8B_tp1_skew.csv")
    let tails = table.rows.filter { table.series[$0.series].family == "attention-tail" }
    // One long sequence beside a piece of a prompt: the sum of three runs.
    #expect(tails.count == 1)
    #expect(tails.first.map { abs($0.seconds - 20e-6) < 1e-12 } == true)
    guard case .mixedAttention(let call) = tails.first?.call else { return }
    #expect(call.keysBeyondMean == 5120 - 2048)
    #expect(table.skipped == ["a longer sequence that takes no longer": 1])
  }

  /// Groups of one row: half of the draws of 0.7 to 1.3 have none.
  @Test func groupsAreDrawn() throws {
    let table = try table(
      """
      gpu,num_experts,num_gpus,num_local_experts,topk,hidden_size,intermediate_size,batch_size_per_gpu,tokens_per_expert,up_proj_us,up_mfu,down_proj_us,down_mfu
      h20,96,1,96,8,2048,1560,16,1,166.63,0.011,98.115,0.010

      """, file: "infersim_h800_h20/t.csv")
    let calls = table.rows.compactMap { row -> GroupedProductCall? in
      guard case .groupedProduct(let call) = row.call else { return nil }
      return call
    }
    #expect(calls.map(\.active) == [48, 48])
    #expect(calls.map(\.n) == [3120, 2048])
  }

  @Test(arguments: [
    ("layer,tokens,time_us\nqkv_proj,nan,10\n", "tokens"),
    ("layer,tokens,time_us\nqkv_proj,3,-1\n", "time_us"),
    ("gpu,mode,bytes_moved,us_per_kernel_best\nh200,graph,0,1\n", "bytes_moved"),
    ("gpu,shape,dtype,seq_len,latency_us\nh20,16-x-256,bf16,1024,90\n", "shape"),
    ("n,nb,pc,kp,kvs,kv_big,t_skew_us\n2,3,0,0,1,1,1\n", "nb"),
  ])
  func badRowsAreFaults(text: String, column: String) {
    do {
      _ = try table(text, file: "rtx4090/llmservingsim_Llama-3.1-8B_tp1_dense.csv")
      Issue.record("a fault is expected")
    } catch {
      #expect("\(error)".contains(column))
    }
  }
}
