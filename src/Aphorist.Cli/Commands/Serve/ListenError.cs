using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>Why a server cannot listen.</summary>
internal static class ListenError
{
    /// <summary>Describes the error.</summary>
    public static string Describe(IPEndPoint address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"Port {address.Port} of {address.Address} is already in use. Choose another one with --port, or any free one with --port 0.",
        SocketError.AccessDenied =>
            $"No permission to listen on port {address.Port}. Choose a port from 1024 to 65535 with --port.",
        SocketError.AddressNotAvailable => $"{address.Address} is not an address of this machine. Choose one with --address.",
        _ => $"The server cannot listen on {address}: {exception.Message}",
    };
}

/// <summary>Commands wait for signals themselves.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
