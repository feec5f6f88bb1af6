using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Server;
using Aphorist.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>`aphorist serve`: an OpenAI-compatible server.</summary>
internal static class ServeCommand
{
    private const string DefaultFolder = "runs";

    public static Command Create()
    {
        Command command = new(
            "serve",
            "Serve models over HTTP with an OpenAI-compatible API. Each option can also be an environment variable or a setting in " +
            "appsettings.json, see docs/serve.md.")
        {
            ServeOptions.Models,
        };
        OptionGroup.Attach(command, ServeOptions.Groups);
        command.SetAction((call, cancellationToken) => RunAsync(call, CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist serve runs/fables", "Serve one model to the programs of this machine at http://127.0.0.1:8080/v1."),
            new("aphorist serve models --port 0 --json", "Serve all models of a folder on a free port, and print the address as JSON."),
            new(
                "aphorist serve --address 0.0.0.0 --api-key-file keys.txt --allow-host models.example.com",
                "Serve the models in 'runs' to other machines, which need an API key."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CommandOutput output, CancellationToken cancellationToken)
    {
        ServeSettings settings = ServeSettings.Read(call, output.Console);
        if (settings.File is string file) output.Notes.WriteLine($"Settings are read from {file}.");
        AphoristServerOptions options = ServeOptions.Read(settings);
        options.Models = Find(settings.SourceOf(ServeOptions.Models).GetValue(ServeOptions.Models) ?? []);
        IPEndPoint address = ServeOptions.ReadAddress(settings);
        using ServeLog log = new(output.Console.Error, call.GetValue(GlobalOptions.Debug));
        // The key file can be a pipe into which nobody writes, so the call can be interrupted meanwhile.
        await using WebApplication application = await Task.Run(Create, cancellationToken).WaitAsync(cancellationToken);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception.GetBaseException() is SocketException socket)
        {
            throw new IOException(ListenError.Describe(address, socket), exception);
        }

        string url = application.Urls.Single();
        output.Result.Announce(output.Json ? JsonLine.Of(json => json.WriteString("url", url)) : $"Listening on {url}");
        await application.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Done;

        WebApplication Create()
        {
            try
            {
                return AphoristApplication.Create(options, address, Configure);
            }
            catch (InvalidOptionsException exception) when (settings.NameOf(exception.PropertyName) is string setting)
            {
                throw new UsageException($"{setting} is wrong: {exception.Message}");
            }
        }

        void Configure(WebApplicationBuilder builder)
        {
            builder.Logging.AddProvider(log);
            // The framework's own information says nothing to those who use the command, and what stops the server is reported once.
            builder.Logging.SetMinimumLevel(LogLevel.Warning)
                .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
                .AddFilter("Aphorist", ServeOptions.ReadLogLevel(settings));
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        }
    }

    /// <summary>Checks the models that are named, or finds the folder of runs.</summary>
    private static string[] Find(string[] named)
    {
        if (Array.Find(named, path => !Path.Exists(path)) is string missing)
            throw new FileNotFoundException($"There is no model file and no folder '{missing}'.");
        if (named.Length > 0) return named;
        bool hasModels = Directory.Exists(DefaultFolder)
            && Directory.EnumerateDirectories(DefaultFolder).Any(run => TrainingRun.FindModel(run) is not null);
        return hasModels
            ? [DefaultFolder]
            : throw new FileNotFoundException(
                $"There is no model in the folder '{DefaultFolder}'. Name model files or folders: aphorist serve MODEL. " +
                "'aphorist train' creates a model.");
    }
}
