import ScenarioFiles
import Testing
