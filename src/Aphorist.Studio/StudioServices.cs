using Aphorist.Studio.Components;
using Aphorist.Studio.Learn;
using Aphorist.Studio.Models;
using Aphorist.Studio.NewRun;
using Aphorist.Studio.Runs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Studio;

/// <summary>The services and endpoints of the parts of the studio, one line each.</summary>
internal static class StudioServices
{
    public static void AddStudio(this IServiceCollection services)
    {
        services.AddScoped<Notices>();
        services.AddSingleton<Trash>();
        services.AddSingleton<ModelLibrary>();
        services.AddSingleton<RunCatalog>();
        services.AddSingleton<RunJobs>();
        services.AddSingleton<RunWatch>();
        services.AddSingleton<WorkspaceItems>();
        services.AddSingleton<Tour>();
        services.AddSingleton<TextStore>();
        services.AddSingleton<RunEstimator>();
        services.AddSingleton<RunStarter>();
    }

    public static void MapStudio(this IEndpointRouteBuilder endpoints)
    {
        Hosting.StudioAssets.Map(endpoints);
        Hosting.LanguageChoice.Map(endpoints);
        ModelDownloads.Map(endpoints);
        Inside.WeightPicture.Map(endpoints);
    }
}
