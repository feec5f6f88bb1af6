using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Inside;

/// <summary>Why a view of a model cannot be shown, as a sentence for the page.</summary>
internal static class InsideProblem
{
    public static string Of(Exception exception, ModelStore store, string model, Language language)
    {
        if (store.List().Any(entry => entry.Name == model)) return Sentence.Of(exception, language);
        return language == Language.Chinese
            ? $"模型“{model}”已不存在，可能已被重命名或删除，请选择其他模型。"
            : $"The model '{model}' is gone. It may have been renamed or deleted: choose another one.";
    }
}
