using Aphorist.Peers;

// Prints how fast Aphorist and TorchSharp do the same three pieces of work, measured in turns within this process.
// One optional argument: rounds of each measurement, 9 by default.
int rounds = args.Length > 0 && int.TryParse(args[0], out int given) && given > 0 ? given : 9;
Console.Write(Machine.Description());
Comparison[] comparisons =
[
    TrainingComparison.Run(rounds, threads: 2),
    WritingComparison.RunStateful(rounds),
    WritingComparison.RunWindow(rounds, threads: 2),
];
Console.Write(Comparison.Table(comparisons));
