using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Hosting;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>Pages without a browser, on the real Core with a database of its own; someone with a role is signed in.</summary>
public abstract class PageBench : BunitContext, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-page-").FullName;
    private readonly SignedIn _signedIn = new();
    private StartUp? _core;

    protected PageBench()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Directory"] = _folder,
            ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
        }).Build());
        Services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production, ApplicationName = "TriggerConsole", ContentRootPath = _folder });
        Services.AddSingleton<ILoggerFactory>(new LoggerFactory());
        Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        Services.AddTriggerConsole();
        Services.AddPageParts();
        Services.AddScoped<ProtectedSessionStorage>();
        Services.AddOptions<Microsoft.AspNetCore.Identity.IdentityOptions>();
        // Not bUnit's stand-ins: the policies are part of what is tested
        Services.RemoveAll<IAuthorizationService>();
        Services.RemoveAll<IAuthorizationPolicyProvider>();
        Services.AddAuthorizationCore(PermissionPolicies.Add);
        Services.AddScoped<CircuitGuard>();
        Services.AddSingleton<AuthenticationStateProvider>(_signedIn);
        Services.AddCascadingAuthenticationState();
    }

    protected T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    protected string Path => new Uri(Get<NavigationManager>().Uri).PathAndQuery;

    public async Task InitializeAsync()
    {
        MigratedFile.CopyTo(_folder);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true)); // no services can be added from here on
        _core = ActivatorUtilities.CreateInstance<StartUp>(Services);
        await _core.StartingAsync(CancellationToken.None);
        await SignInAsync(Role.Administrator);
    }

    public new async Task DisposeAsync()
    {
        // Components first: they listen to the engine
        await DisposeComponentsAsync();
        await _core!.StoppedAsync(CancellationToken.None);
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Signs someone in whose cookie says this role; the same as the database says, until <see cref="ChangeUserAsync"/>.</summary>
    protected async Task<Guid> SignInAsync(Role role)
    {
        var user = new User { Id = Guid.NewGuid(), UserName = $"{Guid.NewGuid()}@example.com", SecurityStamp = "first", Role = role, CreatedAt = DateTimeOffset.UnixEpoch };
        await using var context = await Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        context.Users.Add(user);
        await context.SaveChangesAsync();
        var stamp = Get<IOptions<Microsoft.AspNetCore.Identity.IdentityOptions>>().Value.ClaimsIdentity.SecurityStampClaimType;
        _signedIn.User = new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, user.Id.ToString()), new(ClaimTypes.Name, user.UserName), new(ClaimTypes.Role, role.ToString()), new(stamp, "first")], "test"));
        return user.Id;
    }

    /// <summary>Changes what the database says of a user, behind the back of his open page.</summary>
    protected async Task ChangeUserAsync(Guid id, Action<User> change)
    {
        await using var context = await Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        change(await context.Users.SingleAsync(u => u.Id == id));
        await context.SaveChangesAsync();
    }

    private sealed class SignedIn : AuthenticationStateProvider
    {
        public ClaimsPrincipal User { get; set; } = new();

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
    }
}
