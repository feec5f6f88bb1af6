using Aphorist.Tests.Storage;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Damaged files of Keras, see <see cref="DamagedFiles"/>.</summary>
public sealed class KerasFuzzTests
{
    // The structure of the real file is before this offset, between weights. Only the weights of the optimizer follow it.
    private const int MetadataEnd = 20_000;

    [Theory]
    [InlineData(KerasDialect.Keras1)]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_DamagedAtRandom_IsAnErrorOrAModel(KerasDialect dialect)
    {
        byte[] file = new KerasFile(new(new() { Layers = 2, EmbeddingSize = 3 }), dialect).ToBytes();

        // Much of a file is weights, of which any bits are some number, but not all of it.
        Assert.InRange(DamagedFiles.CountRefused(file, Read), DamagedFiles.Rounds / 10, DamagedFiles.Rounds);
    }

    [Fact]
    public void Read_RealFileDamagedAtRandom_IsAnErrorOrAModel()
    {
        byte[] file = File.ReadAllBytes(RealKerasModelTests.PathOf(RealKerasModelTests.ModelName));

        Assert.InRange(DamagedFiles.CountRefused(file, Read, MetadataEnd), DamagedFiles.Rounds / 10, DamagedFiles.Rounds);
    }

    [Theory]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_CutOff_IsAnError(KerasDialect dialect)
    {
        byte[] file = new KerasFile(new(new()), dialect).ToBytes();
        for (int length = 0; length < file.Length - 64; length += 97)
            Assert.True(DamagedFiles.IsRefused(file[..length], Read), $"A file cut off after {length} of {file.Length} bytes was read.");
    }

    private static void Read(Stream stream) => Assert.True(KerasModel.Read(stream).VocabularySize > 0);
}
