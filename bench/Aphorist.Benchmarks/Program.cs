using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Aphorist.Benchmarks -- --filter '*Gemm*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
