using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Models in streams and in memory.</summary>
public sealed class ModelStreamTests
{
    private static readonly LanguageModel Model = SampleModel.Make(new ModelSpec { HiddenSize = 5, Layers = 2, EmbeddingSize = 3 });

    [Fact]
    public void Save_ToStream_WritesTheBytesOfTheFileAndLeavesItOpen()
    {
        using TemporaryFolder folder = new();
        Model.Save(folder["model.safetensors"]);
        using MemoryStream stream = new();

        Model.Save(stream);

        Assert.Equal(File.ReadAllBytes(folder["model.safetensors"]), stream.ToArray());
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public void Save_ToStreamThatCannotSeek_WritesTheSameBytes()
    {
        using OneWayStream stream = new(new MemoryStream());
        Model.Save(stream);
        Assert.Equal(Saved(), stream.Inner.ToArray());
    }

    [Fact]
    public void Load_FromStreamOrMemory_LoadsBitForBit()
    {
        byte[] file = Saved();
        using MemoryStream stream = new(file);
        using OneWayStream oneWay = new(new MemoryStream(file));
        LanguageModel[] models = [LanguageModel.Load(stream), LanguageModel.Load(oneWay), LanguageModel.Load(file)];
        foreach (LanguageModel loaded in models)
        {
            Assert.Equal(SampleModel.Bits(Model), SampleModel.Bits(loaded));
            Assert.Equal(Model.Spec, loaded.Spec);
        }

        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Load_FromTheMiddleOfAStreamOrOfMemory_ReadsFromThere()
    {
        byte[] file = [1, 2, 3, .. Saved()];
        using MemoryStream stream = new(file) { Position = 3 };
        Assert.Equal(SampleModel.Bits(Model), SampleModel.Bits(LanguageModel.Load(stream)));
        Assert.Equal(SampleModel.Bits(Model), SampleModel.Bits(LanguageModel.Load(file.AsMemory(3))));
        Assert.Equal(file.Length - 3, ModelFileInfo.Read(file.AsMemory(3)).FileLength);
    }

    [Fact]
    public void Read_FromStreamOrMemory_IsTheSameAsFromTheFile()
    {
        byte[] file = Saved();
        using OneWayStream oneWay = new(new MemoryStream(file));
        ModelFileInfo[] infos = [ModelFileInfo.Read(new MemoryStream(file)), ModelFileInfo.Read(oneWay), ModelFileInfo.Read(file)];
        foreach (ModelFileInfo info in infos)
        {
            Assert.Equal((Model.Spec, file.Length), (info.Spec, info.FileLength));
            Assert.Equal(Model.Tokenizer.VocabularySize, info.Tokenizer.VocabularySize);
        }
    }

    [Fact]
    public void Load_CutOffStream_IsAnErrorThatNamesIt()
    {
        byte[] file = Saved();
        for (int length = 0; length < file.Length; length += 61)
        {
            byte[] cut = file[..length];
            using OneWayStream oneWay = new(new MemoryStream(cut));
            Assert.StartsWith(
                "Cannot read 'download': ", Assert.Throws<ModelFileException>(() => LanguageModel.Load(oneWay, "download")).Message,
                StringComparison.Ordinal);
            Assert.StartsWith(
                "Cannot read 'memory': ", Assert.Throws<ModelFileException>(() => LanguageModel.Load(cut)).Message,
                StringComparison.Ordinal);
        }
    }

    private static byte[] Saved()
    {
        using MemoryStream stream = new();
        Model.Save(stream);
        return stream.ToArray();
    }

    /// <summary>A stream that cannot seek and has no length, as those of the network.</summary>
    private sealed class OneWayStream(MemoryStream inner) : Stream
    {
        public MemoryStream Inner => inner;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        // A few bytes at a time, as a network delivers them.
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 100));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
