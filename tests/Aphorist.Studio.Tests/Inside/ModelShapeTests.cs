using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

public sealed class ModelShapeTests
{
    [Fact]
    public void InChinese_EveryArchitecture_SaysWhatTheEnglishSays()
    {
        ModelSpec lstm = new() { HiddenSize = 384, LayerNormalization = true };
        Assert.Equal("LSTM(384)，层归一化", ModelShape.InChinese(lstm));
        ModelSpec gru = new() { Architecture = Architecture.Gru, HiddenSize = 64, Layers = 2, Residual = true };
        Assert.Equal("2 层 GRU(64)，残差连接", ModelShape.InChinese(gru));
        ModelSpec rnn = new() { Architecture = Architecture.Rnn, HiddenSize = 64, EmbeddingSize = 64, TiedEmbedding = true };
        Assert.Equal("64 维嵌入（与输出层共享权重），普通 RNN(64)", ModelShape.InChinese(rnn));
        ModelSpec convolution = new() { Architecture = Architecture.Convolution, HiddenSize = 32, Layers = 3, EmbeddingSize = 16 };
        Assert.Equal("16 维嵌入，3 层卷积(32)，卷积核大小 2，感受野 8 步", ModelShape.InChinese(convolution));
    }

    [Theory]
    [InlineData(Architecture.Lstm, 1, "LSTM(64)", "LSTM(64)")]
    [InlineData(Architecture.Gru, 2, "2 layers of GRU(64)", "2 层 GRU(64)")]
    [InlineData(Architecture.Rnn, 3, "3 layers of RNN(64)", "3 层普通 RNN(64)")]
    [InlineData(Architecture.Convolution, 6, "6 layers of convolution(64)", "6 层卷积(64)")]
    public void Layers_EveryArchitecture_AreDescribedInBothLanguages(Architecture architecture, int layers, string english, string chinese)
    {
        ModelSpec spec = new() { Architecture = architecture, HiddenSize = 64, Layers = layers };
        Assert.Equal(english, ModelShape.Layers(spec, Language.English));
        Assert.Equal(chinese, ModelShape.Layers(spec, Language.Chinese));
    }
}
