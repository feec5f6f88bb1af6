using Aphorist.Cli.CommandLine;

using Interruption interruption = new();
using ProcessConsole process = new(readerLeft: interruption.Request);
AphoristConsole console = RankConsole.Of(args, process);
// A launcher acknowledges Ctrl-C itself.
interruption.EndsOnRepetition = console == process;
if (console == process) interruption.Acknowledge = console.WriteNotice;
return await Invocation.RunAsync(args, console, interruption.Token);
