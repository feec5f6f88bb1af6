using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>
/// Hosts of a network, made from network namespaces of this machine. Each has an interface of its own that leads to a switch, and another
/// host name, so that MPI cannot use shared memory between them. The launcher runs in a namespace of its own, which has the switch.
/// </summary>
/// <remarks>Nothing outside of these namespaces changes, and no name or address of another test run is used.</remarks>
internal sealed class NetworkHosts : IDisposable
{
    private const string Prefix = "aphorist-test-", Interface = "eth0", Switch = "switch0";

    private static int created;

    private readonly TemporaryFolder folder;
    private readonly string name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref created)}";

    public NetworkHosts(int count)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need Linux and root.");
        Assert.SkipUnless(TryRun(["ip", "netns", "list"], out _), "Needs the command ip (package iproute2).");
        RemoveLeftOvers();
        folder = new();
        try
        {
            Addresses = [.. Enumerable.Range(1, count).Select(host => $"10.99.0.{host}")];
            Create();
            Shell = folder.Write("shell", ShellScript());
            Run("chmod", "+x", Shell);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The addresses of the hosts.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>The address of the launcher, at which the hosts reach it.</summary>
    public string LauncherAddress { get; } = "10.99.0.254";

    /// <summary>The path of a program that runs a command on a host, as ssh does.</summary>
    public string Shell { get; }

    /// <summary>The command that runs a command in the namespace of the launcher.</summary>
    public string[] EnterLauncher => ["ip", "netns", "exec", NameOf(0)];

    /// <summary>The bytes that left a host since it was created.</summary>
    /// <param name="host">The number of the host, from 1.</param>
    public long SentBytes(int host)
    {
        string count = Run("ip", "netns", "exec", NameOf(host), "cat", $"/sys/class/net/{Interface}/statistics/tx_bytes");
        return long.Parse(count, CultureInfo.InvariantCulture);
    }

    /// <summary>Takes the interface of a host down, as if its cable were pulled.</summary>
    public void Disconnect(int host) => Run("ip", "-n", NameOf(host), "link", "set", Interface, "down");

    /// <summary>Ends all processes on the hosts and removes the hosts.</summary>
    public void Dispose()
    {
        Remove(Enumerable.Range(0, Addresses.Count + 1).Select(NameOf));
        folder.Dispose();
    }

    // Namespace 0 is that of the launcher.
    private string NameOf(int host) => $"{name}-{host}";

    private void Create()
    {
        string launcher = NameOf(0);
        Run("ip", "netns", "add", launcher);
        Run("ip", "-n", launcher, "link", "set", "lo", "up");
        Run("ip", "-n", launcher, "link", "add", "name", Switch, "type", "bridge");
        Run("ip", "-n", launcher, "address", "add", $"{LauncherAddress}/24", "dev", Switch);
        Run("ip", "-n", launcher, "link", "set", Switch, "up");
        for (int host = 1; host <= Addresses.Count; host++)
        {
            string own = NameOf(host), port = $"port{host}";
            Run("ip", "netns", "add", own);
            Run("ip", "link", "add", Interface, "netns", own, "type", "veth", "peer", "name", port, "netns", launcher);
            Run("ip", "-n", launcher, "link", "set", port, "master", Switch, "up");
            Run("ip", "-n", own, "address", "add", $"{Addresses[host - 1]}/24", "dev", Interface);
            Run("ip", "-n", own, "link", "set", "lo", "up");
            Run("ip", "-n", own, "link", "set", Interface, "up");
        }
    }

    // Called as `shell [OPTION...] ADDRESS COMMAND...`. A shell of the host reads the command, as with ssh.
    private string ShellScript() =>
        $$"""
        #!/bin/sh
        while [ "${1#-}" != "$1" ]; do shift; done
        host=${1##*.}
        shift
        exec ip netns exec {{name}}-$host unshare --uts --ipc sh -c "hostname host$host; $*"

        """;

    private static void Remove(IEnumerable<string> namespaces)
    {
        foreach (string known in namespaces)
        {
            if (!TryRun(["ip", "netns", "pids", known], out string processes)) continue;
            string[] ids = processes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length > 0) TryRun(["kill", "-KILL", .. ids], out _);
            TryRun(["ip", "netns", "delete", known], out _);
        }
    }

    /// <summary>Removes the hosts of test runs that ended without doing it.</summary>
    private static void RemoveLeftOvers()
    {
        TryRun(["ip", "netns", "list"], out string list);
        IEnumerable<string> known = list.Split('\n').Select(line => line.Split(' ')[0]);
        Remove(known.Where(host =>
            host.StartsWith(Prefix, StringComparison.Ordinal) && !Directory.Exists($"/proc/{host[Prefix.Length..].Split('-')[0]}")));
    }

    private static string Run(params string[] command)
    {
        Assert.True(TryRun(command, out string output), $"{string.Join(' ', command)}: {output}");
        return output;
    }

    // False if there is no such command, too. The output is what the command writes, also about errors.
    private static bool TryRun(string[] command, out string output)
    {
        try
        {
            ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception exception)
        {
            output = exception.Message;
            return false;
        }
    }
}
