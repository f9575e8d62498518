"""Where the views are."""

from django.urls import path

from cases.views import take_on

urlpatterns = [path("take-on", take_on)]
