import Testing
import Workloads
