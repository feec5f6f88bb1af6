using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Serve;
using Aphorist.Cli.Terminal;
using Aphorist.Studio;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Commands.Studio;

/// <summary>`aphorist studio`: the studio in a browser.</summary>
internal static class StudioCommand
{
    private static readonly Argument<string> Folder = new("FOLDER")
    {
        Description = "Folder of the runs and models. It is created if it does not exist. Default: the folder 'runs'.",
        DefaultValueFactory = _ => "runs",
    };

    private static readonly NumberOption<int> Port = NumberOptions.Whole(
        "--port", "Port to listen on. 0 selects a free port.", 0, ushort.MaxValue, 8765);

    private static readonly Option<bool> NoBrowser = new("--no-browser")
    {
        Description = "Print the link without opening a browser.",
    };

    public static Command Create()
    {
        Command command = new(
            "studio", "Open the studio: train models, write with them and look inside, in a browser on this machine.") { Folder };
        OptionGroup.Attach(command, new("Browser", NoBrowser), new("Network", Port));
        command.SetAction((call, cancellationToken) => RunAsync(call, CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist studio", "Open the studio in a browser. Ctrl+C ends the studio; training continues."),
            new("aphorist studio lessons --port 9000", "Keep the runs in the folder 'lessons' and listen on port 9000."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CommandOutput output, CancellationToken cancellationToken)
    {
        StudioOptions options = new() { Folder = call.GetRequiredValue(Folder), Command = OwnCommand() };
        IPEndPoint address = new(IPAddress.Loopback, Port.GetValue(call) ?? 8765);
        using ServeLog log = new(output.Console.Error, call.GetValue(GlobalOptions.Debug));
        await using WebApplication application = AphoristStudio.Create(options, address, builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        });
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception.GetBaseException() is SocketException socket)
        {
            throw new IOException(ListenError.Describe(address, socket), exception);
        }

        string link = AphoristStudio.CreateLink(application);
        output.Result.Announce(output.Json ? JsonLine.Of(json => json.WriteString("url", link)) : $"Open in a browser: {link}");
        if (output.Console.IsOutputTerminal && !output.Json && !call.GetValue(NoBrowser)) Browser.TryOpen(link);
        await application.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Done;
    }

    /// <summary>This program, as the studio starts it for training.</summary>
    private static string[] OwnCommand()
    {
        string program = Environment.ProcessPath!, assembly = typeof(StudioCommand).Assembly.Location;
        bool isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return isHost ? [program, assembly] : [program];
    }
}

/// <summary>The browser of the desktop.</summary>
internal static class Browser
{
    /// <summary>Opens a page, if there is a desktop. The link was printed, so nothing is lost if this fails.</summary>
    public static void TryOpen(string link)
    {
        bool hasDesktop = !OperatingSystem.IsLinux()
            || ((string[])["DISPLAY", "WAYLAND_DISPLAY"]).Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        if (!hasDesktop) return;
        // What the browser prints belongs to nobody, and must not end it.
        string opener = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        ProcessStartInfo start = OperatingSystem.IsWindows() ? new(link) { UseShellExecute = true }
            : new("/bin/sh", ["-c", "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1", opener, link]);
        try
        {
            Process.Start(start)?.Dispose();
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            // There is no program for links.
        }
    }
}
