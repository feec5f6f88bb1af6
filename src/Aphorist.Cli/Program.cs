return await Aphorist.Cli.CommandLine.Invocation.RunAsync(args);
