using System.Buffers;
using System.Text;
using Aphorist.Server.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class FrameWriterTests(ProtocolServers servers)
{
    [Theory]
    [InlineData(RequestKinds.Completion)]
    [InlineData(RequestKinds.Chat)]
    internal async Task Write_OfAPiece_AllocatesNothing(RequestKinds kind)
    {
        using ModelLease model = await servers.Letters.Server.Services.GetRequiredService<ModelStore>()
            .OpenAsync(null, TestContext.Current.CancellationToken);
        Answer answer = new(new TextRequest(kind, new AphoristServerOptions()), model);
        ArrayBufferWriter<byte> output = new(1 << 16);
        using FrameWriter frames = new(output, answer);
        Choice choice = answer.CreateChoices()[0];
        TextPiece piece = new() { Text = "32 characters, some are \"\n漢é😀\"" };
        long allocated = 0;
        for (int i = 0; i < 100; i++)
        {
            output.ResetWrittenCount();
            long before = GC.GetAllocatedBytesForCurrentThread();
            frames.Write(choice, piece);
            // The first frames fill pools and caches.
            if (i >= 50) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.StartsWith("data: {", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }
}
