using Aphorist.Cli.Commands.Info;

namespace Aphorist.Cli.Tests.Commands.Info;

public sealed class ModelDescriptionTests
{
    [Fact]
    public void ShapeInChinese_EveryArchitecture_SaysWhatTheEnglishSays()
    {
        ModelSpec lstm = new() { HiddenSize = 384, LayerNormalization = true };
        Assert.Equal("LSTM(384)，层归一化", ModelDescription.ShapeInChinese(lstm));
        ModelSpec gru = new() { Architecture = Architecture.Gru, HiddenSize = 64, Layers = 2, Residual = true };
        Assert.Equal("2 层 GRU(64)，残差连接", ModelDescription.ShapeInChinese(gru));
        ModelSpec rnn = new() { Architecture = Architecture.Rnn, HiddenSize = 64, EmbeddingSize = 64, TiedEmbedding = true };
        Assert.Equal("64 维嵌入（与输出层共享权重），普通 RNN(64)", ModelDescription.ShapeInChinese(rnn));
        ModelSpec convolution = new() { Architecture = Architecture.Convolution, HiddenSize = 32, Layers = 3, EmbeddingSize = 16 };
        Assert.Equal("16 维嵌入，3 层卷积(32)，卷积核大小 2，感受野 8 步", ModelDescription.ShapeInChinese(convolution));
    }
}
