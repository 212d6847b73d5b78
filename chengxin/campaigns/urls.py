"""Routes of this room: everybody's, the business's, the platform's and the officer's door."""

from __future__ import annotations

from django.urls import path

from chengxin.campaigns.views import certificates, merchant, officer, platform, public, stories

app_name = "campaigns"

urlpatterns = [
    path("stories/", public.stories, name="stories"),
    path("stories/feed/", public.feed, name="feed"),
    path("stories/<str:number>/", public.story, name="public_story"),
    path("stories/<str:number>/poster.<str:form>", public.poster, name="poster"),
    path("stories/<str:number>/text/", public.plain, name="plain"),
    path("courses/", public.courses, name="courses"),
    path("courses/calendar/", public.calendar, name="calendar"),
    path("courses/<str:code>/", public.course, name="course"),
    path("merchant/courses/", merchant.my_courses, name="my_courses"),
    path("merchant/courses/<str:code>/", merchant.my_course, name="my_course"),
    path("merchant/stories/<str:number>/", merchant.my_story, name="my_story"),
    path("platform/courses/", platform.streamers, name="streamers"),
    path("platform/courses/completions/", platform.completions, name="completions"),
    path("platform/courses/new/", platform.new_streamer, name="new_streamer"),
    path("platform/courses/training/", platform.new_training, name="new_training"),
    path("officer/campaigns/", officer.desk, name="desk"),
    path("officer/campaigns/all/", officer.campaigns, name="campaigns"),
    path("officer/campaigns/new/", officer.new_campaign, name="new_campaign"),
    path("officer/campaigns/handovers/", officer.handovers, name="handovers"),
    path("officer/campaigns/handovers/<str:number>/", officer.handover, name="handover"),
    path("officer/campaigns/clue/<str:number>/", officer.new_handover, name="new_handover"),
    path("officer/campaigns/courses/", officer.overdue, name="overdue"),
    path("officer/campaigns/certificates/", certificates.completions, name="all_completions"),
    path("officer/campaigns/certificates/<uuid:pk>/", certificates.completion, name="completion"),
    path("officer/campaigns/<str:number>/", officer.campaign, name="campaign"),
    path("officer/campaigns/<str:number>/change/", officer.change, name="change"),
    path("officer/campaigns/<str:number>/rows/<str:code>/", officer.counted, name="counted"),
    path("officer/stories/", stories.stories, name="desk_stories"),
    path("officer/stories/bad/", stories.new_bad, name="new_bad"),
    path("officer/stories/good/", stories.new_good, name="new_good"),
    path("officer/stories/<str:number>/", stories.story, name="story"),
    path("officer/activities/", stories.activities, name="activities"),
    path("officer/activities/new/", stories.new_activity, name="new_activity"),
    path("officer/activities/<str:number>/", stories.activity, name="activity"),
    path("officer/activities/<str:number>/change/", stories.change_activity, name="change_activity"),
]
