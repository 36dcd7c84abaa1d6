using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Audit;

namespace TriggerConsole.Authentication.External;

/// <summary>The way to a provider and back.</summary>
internal static class ExternalEndpoints
{
    private const string ReturnUrl = "tc:return";

    public static void MapExternal(this RouteGroupBuilder group)
    {
        // Links, no forms: the browser would hold the redirect to another site against the page's form-action policy
        group.MapGet("/external/{provider}", BeginAsync).AllowAnonymous();
        group.MapGet("/external/done", EndAsync).AllowAnonymous();
    }

    private static async Task<IResult> BeginAsync(string provider, [FromQuery] string? returnUrl, ExternalProviders providers, HttpContext context, ILogger<ExternalProviders> logger)
    {
        if (providers.Find(provider) is not { } found) return TypedResults.LocalRedirect("/sign-in");
        try
        {
            await context.ChallengeAsync(found.Scheme, new() { RedirectUri = "/account/external/done", Items = { [ReturnUrl] = SignIns.LocalOr(returnUrl) } });
            return TypedResults.Empty;
        }
        catch (ProviderException exception)
        {
            ExternalSignInServices.LogFailed(logger, found.Scheme, exception.Message);
            return TypedResults.LocalRedirect("/sign-in?problem=provider");
        }
    }

    private static async Task<IResult> EndAsync(HttpContext context, ExternalUsers users, SignIns signIns, IAuditTrail audit, CancellationToken cancellationToken)
    {
        var answer = await context.AuthenticateAsync(IdentityConstants.ExternalScheme);
        if (answer.Principal is not { } principal || ExternalClaims.Read(principal) is not { } identity) return TypedResults.LocalRedirect("/sign-in?problem=expired");
        await context.SignOutAsync(IdentityConstants.ExternalScheme); // good for one sign-in
        var url = SignIns.LocalOr(answer.Properties?.Items.TryGetValue(ReturnUrl, out var kept) == true ? kept : null);
        if (await users.FindAsync(identity, cancellationToken) is not { } user)
        {
            var why = !identity.IsVerified ? "The provider does not vouch for the e-mail." : "There is no user with this e-mail.";
            await audit.RecordAsync(new("user.sign-in", AuditOutcome.Refused, "user", SubjectName: identity.Email, Detail: $"With {identity.Provider}. {why}"), cancellationToken);
            return TypedResults.LocalRedirect("/sign-in?problem=unknown");
        }
        return await signIns.FinishAsync(context, user, new(identity.Provider, IsPersistent: true, url), cancellationToken) switch
        {
            SignInStep.Done => TypedResults.LocalRedirect(context.User.DutyPath() ?? url),
            SignInStep.NeedsCode => TypedResults.LocalRedirect("/sign-in/code"),
            _ => TypedResults.LocalRedirect("/sign-in?problem=blocked"),
        };
    }
}
