namespace Aphorist.Model;
internal static class LoadStub { extension(LanguageModel) { public static LanguageModel Load(string path) => throw new NotImplementedException(path); } }
