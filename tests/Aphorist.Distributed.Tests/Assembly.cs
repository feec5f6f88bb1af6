using Xunit.Sdk;
using Xunit.v3;

// Every job uses all processors.
[assembly: Parallelization(Mode = ParallelMode.None)]
