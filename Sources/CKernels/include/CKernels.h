#ifndef CKERNELS_H
#define CKERNELS_H

/// Real sparse kernels, their dense twins, their plain references, and hooks that record what they
/// touch. docs/kernels.md is the map.

#include "lacuna_attention.h"
#include "lacuna_cases.h"
#include "lacuna_csr.h"
#include "lacuna_dense.h"
#include "lacuna_experts.h"
#include "lacuna_files.h"
#include "lacuna_indexer.h"
#include "lacuna_lookup.h"
#include "lacuna_measure.h"
#include "lacuna_neurons.h"
#include "lacuna_pool.h"
#include "lacuna_prefill.h"
#include "lacuna_pruned.h"
#include "lacuna_quantised.h"
#include "lacuna_recorder.h"
#include "lacuna_select.h"
#include "lacuna_structured.h"
#include "lacuna_trie.h"

#endif
