using Microsoft.AspNetCore.Components;

namespace TriggerConsole.Components.Controls;

/// <summary>Filters and tabs live in the URL: a reload, a link or the back button brings them back.</summary>
internal static class QueryUrl
{
    /// <summary>Moves to the same page with these query values; null and empty ones are taken out.</summary>
    public static void SetQuery(this NavigationManager navigation, Dictionary<string, object?> values, bool replace = true)
    {
        foreach (var (name, value) in values)
            if (value is "") values[name] = null;
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(values), replace: replace);
    }
}
