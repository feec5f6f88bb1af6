using Aphorist.Cli.CommandLine;

using Interruption interruption = new();
using ProcessConsole console = new(readerLeft: interruption.Request);
interruption.Acknowledge = console.WriteNotice;
return await Invocation.RunAsync(args, console, interruption.Token);
